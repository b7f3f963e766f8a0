"""A made-up city from a seed number. See README.md."""

from xinheng.synth.city import generate
from xinheng.synth.manifest import Manifest

__all__ = ["Manifest", "generate"]
