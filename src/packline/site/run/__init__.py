"""The main job: a program folder in, released packs whose history proves itself out."""
