"""Where does everything of one installation lie, how is it founded, and how does a site embed it?

A home is a folder: `wadjet.toml`, `keys/`, the databases, `policy/` to edit. It is made private (mode 700), for
whoever reads it can sign receipts in the operator's name.
"""

from .embedding import csp, proxy, tag
from .founding import WADJET, Facts, found

__all__ = ["WADJET", "Facts", "csp", "found", "proxy", "tag"]
