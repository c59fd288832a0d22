"""Storms: signals at random moments, random keys, bytes and mouse events, exceptions, hostile text."""
