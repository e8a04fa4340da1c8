"""The frames of a video, where the system's ffmpeg is found: decoded one after another, never unpacked to disk."""

from __future__ import annotations

import re
import shutil
import subprocess
import threading
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING

from ganstudio.data import limits
from ganstudio.data.errors import DatasetError
from ganstudio.modalities import counted
