"""What is left out of the bundle, though something names it: modules, and files by how their names begin or match."""

from __future__ import annotations

from fnmatch import fnmatch

MODULES = (
    # Not needed to run, and found where they are installed beside: what checks, builds and draws otherwise.
    *(
        "IPython",
        "PyInstaller",
        "_pytest",
        "mypy",
        "pip",
        "pkg_resources",
        "pytest",
        "setuptools",
        "sklearn",
        "tkinter",
    ),
    *("_distutils_hack", "distutils", "lib2to3", "pydoc_data", "readline", "PyQt5", "PyQt6", "pandas", "triton"),
    # What checks the code brings these along; libraries try them, and go on without.
    *("defusedxml", "markdown_it", "mdurl", "py", "pygments", "rich", "threadpoolctl"),
    *("gi", "tensorboard", "torchvision"),
    # Writes G as ONNX; the error says what to do without it, and two other formats need nothing.
    *("onnx", "onnx_ir", "onnxruntime", "onnxscript"),
    *("flatbuffers", "google", "ml_dtypes"),  # they bring these along
    # Readers of rare kinds of files, some 290 MB: the error says what to do without them.
    *("h5py", "pyarrow", "scipy", "soundfile", "_soundfile_data"),
    *("torch.test", "torch.utils.tensorboard", "torch.utils.benchmark"),
    # The window has no use for them; pyqtgraph asks for them and goes on without.
    *("PySide6.QtDBus", "PySide6.QtNetwork", "PySide6.QtTest"),
)

# Plugins of Qt for screens without a desktop, for the network, and a theme that brings the whole of GTK.
_PLUGINS = (
    *("egldeviceintegrations", "generic", "networkinformation", "tls"),
    *("platforms/*eglfs*", "platforms/*linuxfb*", "platforms/*vnc*", "platforms/*vkkhr*", "platforms/*minimal*"),
    *("platforms/*direct2d*", "platformthemes/*gtk3*"),
)
_QT = ("EglFS*", "EglFs*", "Network.*", "Test.*", "Qml*", "Quick*", "Pdf*", "VirtualKeyboard*")

SYSTEMS_OWN = (
    # Must fit the system's drivers, its display server or its configuration; doctor says where one is missing.
    *("libstdc++.so*", "libgcc_s.so*", "libz.so*", "libexpat.so*", "libfontconfig.so*", "libfreetype.so*"),
    *("libX11.so*", "libX11-xcb.so*", "libxcb.so*", "libGL.so*", "libEGL.so*", "libwayland-*", "libdrm*", "libgbm*"),
    # Came with the theme that is left out, or with libraries above.
    *("libgtk-3*", "libgdk*", "libgio-2*", "libgobject*", "libgmodule*", "libatk*", "libatspi*", "libcairo*"),
    *("libpango*", "libepoxy*", "libharfbuzz*", "libfribidi*", "libgraphite2*", "libthai*", "libdatrie*", "libpixman*"),
    *("libXcomposite*", "libXcursor*", "libXdamage*", "libXfixes*", "libXi.*", "libXinerama*", "libXrandr*"),
    *("libXrender*", "libXext*", "libgssapi*", "libkrb5*", "libk5crypto*", "libcom_err*", "libkeyutils*"),
    *("libmount*", "libblkid*", "libselinux*", "libpng16*", "libjpeg.so*", "libbrotli*", "libreadline*", "libtinfo*"),
)


def is_left_out(name: str, source: str) -> bool:
    """Whether a file of the bundle, by its name in it and where it comes from, is to be left out."""
    place = name.replace("\\", "/")
    file = place.rpartition("/")[2]
    if "/plugins/" in place:
        return any(fnmatch(place.partition("/plugins/")[2], f"{pattern}*") for pattern in _PLUGINS)
    if place.startswith("PySide6/"):
        return "/translations/" in place or any(fnmatch(file.removeprefix("lib"), f"Qt6{kind}") for kind in _QT)
    if "/" not in place and source.startswith(("/lib/", "/usr/lib/", "/lib64/", "/usr/lib64/")):
        return any(fnmatch(file, pattern) for pattern in SYSTEMS_OWN)
    return place.startswith(("matplotlib/mpl-data/sample_data", "resources/screenshot", "resources/datasets/make_"))
