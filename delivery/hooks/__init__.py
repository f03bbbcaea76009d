"""Amplitude-style webhooks that come in: who may send them, what came, and samples to try it with."""
