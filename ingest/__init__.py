"""Reads what others publish and turns it into changes for the write door. Writes nothing by itself."""
