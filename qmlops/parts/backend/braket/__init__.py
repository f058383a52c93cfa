"""Amazon Braket: its cloud, by the Braket SDK, and the SDK's own simulators here."""
