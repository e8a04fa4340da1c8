"""Datasets known by name: where they are published, and how they are fetched and checked."""
