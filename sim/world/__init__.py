"""The simulated production system: topology, demand, flow, faults, mitigations and what can be measured."""
