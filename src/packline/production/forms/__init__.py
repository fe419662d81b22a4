"""What comes from outside as files, read and checked before anything is written."""

from packline.production.forms.weldlog import JointFile, read_joint_log

__all__ = ["JointFile", "read_joint_log"]
