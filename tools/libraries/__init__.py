"""Builders of the tables of op libraries and of third-party Keras classes."""
