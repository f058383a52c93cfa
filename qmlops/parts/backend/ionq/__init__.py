"""IonQ: its cloud, by cirq-ionq, and its machines imitated here."""
