"""What answers to the network."""
