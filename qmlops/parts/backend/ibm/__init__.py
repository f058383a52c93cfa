"""IBM: its machines, by qiskit-ibm-runtime, and their snapshots imitated here."""
