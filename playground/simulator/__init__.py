"""The Messages API offline: the real wire format and rules, invented answers."""
