"""Xinheng (信衡): public credit files of organisations."""

__version__ = "0.1.0"
