"""The outcome of a simulation or comparison as one HTML file with plots; needs the extra `report`."""
