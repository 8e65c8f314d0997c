"""What the documentation claims, measured: speed, memory and quality, printed as JSON lines.

- ``python -m benchmarks.engine``: speed against a matrix product and against plain optimisers
- ``python -m benchmarks.memory``: memory and compilations over hundreds of odd little pictures
- ``python -m benchmarks.quality``: readable subjects, unmistakable styles, and a contact sheet
"""
