"""Composites with ground truth, made from photographs."""
