"""The demo: a small photo gallery on loopback, and the collection that is built from it."""
