"""From a Program and data to events and a QuantumModel."""
