"""The 3D scene: the only room that knows VTK."""
