"""Music passed hand to hand where the internet is cut, filtered or watched."""

__version__ = "0.1.0"
