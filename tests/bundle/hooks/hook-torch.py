"""What of torch goes into the bundle: the modules that imports lead to, not every module there is.

torch reads its own source when it is imported (configurations, overloads), so that the sources go along.
"""

import sys
from pathlib import Path

from PyInstaller.utils.hooks import PY_DYLIB_PATTERNS, collect_dynamic_libs, collect_submodules, get_package_paths

module_collection_mode = "pyz+py"
warn_on_missing_hiddenimports = False
# Optimisers load these by name at their first step.
hiddenimports = ["torch.onnx.operators"]
hiddenimports += [name for part in ("polyfills", "backends") for name in collect_submodules(f"torch._dynamo.{part}")]
binaries = [
    (source, target)
    for source, target in collect_dynamic_libs("torch", search_patterns=[*PY_DYLIB_PATTERNS, "*.so.*"])
    if not Path(source).name.endswith(("torchbind_test.so", "jitbackend_test.so", "backend_with_compiler.so"))
    and "/bin" not in target
]
# It is asked for when torch is imported, though it is used only where tensors are shared between processes.
_manager = Path(get_package_paths("torch")[1]) / "bin" / "torch_shm_manager"
if sys.platform != "win32" and _manager.exists():
    binaries.append((str(_manager), "torch/bin"))
bindepend_symlink_suppression = ["**/torch/lib/*.so*"]
