"""Wadjet Consent: a consent system that can prove what it says."""

__version__ = "0.1.0"
