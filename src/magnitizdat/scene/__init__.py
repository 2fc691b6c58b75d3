"""The scene: what letters, clubs and premieres mean. Pure: documents of several labels in, a verdict out."""
