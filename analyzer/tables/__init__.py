"""What each release of TensorFlow offers: tables in git, one JSON row a line, and the code that reads them lazily.

Importing this package or any module of it reads no table.
"""
