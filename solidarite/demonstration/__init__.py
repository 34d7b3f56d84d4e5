"""The portal on one machine for a newcomer: its processes, invented data, and a walk that checks it all."""
