"""What could run somebody else's code, or turn a customer's text into ours, is nowhere in the source."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("jobs", "models", "optimization", "expectations", "conf", "airflow_dags")
FILES = sorted(path for name in PACKAGES for path in (ROOT / name).rglob("*.py"))
PICKLES = {"pickle", "_pickle", "cPickle", "joblib", "cloudpickle", "dill", "shelve", "marshal", "skops"}
SPARK_TEXT = {"sql", "expr", "selectExpr"}
LOADS_CODE = {"load_model", "pickleFile", "from_pickle", "read_pickle", "to_pickle"}


def faults(source):
    """Every forbidden import or call of a source text, by what it is."""
    tree = ast.parse(source)
    loaders = {node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef) and is_safe_loader(node)}
    return [fault for node in ast.walk(tree) if (fault := fault_of(node, loaders))]


def is_safe_loader(node):
    """A loader that is nothing but one of yaml's that make plain data, or texts alone."""
    return [getattr(base, "attr", "") for base in node.bases] in (["SafeLoader"], ["BaseLoader"])


def fault_of(node, loaders):
    if isinstance(node, ast.Import) and {name.name.split(".")[0] for name in node.names} & PICKLES:
        return "a pickle is imported"
    if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in PICKLES:
        return "a pickle is imported"
    return call_fault(node, loaders) if isinstance(node, ast.Call) else ""


def call_fault(call, loaders):
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    named = {keyword.arg: keyword.value for keyword in call.keywords}
    if isinstance(call.func, ast.Name) and name in {"eval", "exec", "compile", "__import__"}:
        return f"{name} is called"
    if name in LOADS_CODE:
        return f"{name} unpickles"
    if "allow_pickle" in named and not is_literal(named["allow_pickle"], False):
        return "allow_pickle"
    if "shell" in named and not is_literal(named["shell"], False):
        return "a shell"
    if isinstance(call.func, ast.Attribute) and name in {"system", "popen"}:
        return "a shell"
    return yaml_fault(call, name, named, loaders) or spark_fault(call, name)


def yaml_fault(call, name, named, loaders):
    of_yaml = isinstance(call.func, ast.Attribute) and getattr(call.func.value, "id", "") == "yaml"
    if not of_yaml or name not in {"load", "load_all", "unsafe_load", "full_load", "compose", "parse", "scan"}:
        return ""
    loader = named.get("Loader")
    is_safe = getattr(loader, "attr", "") == "SafeLoader" or getattr(loader, "id", "") in loaders
    return "" if is_safe else "yaml without SafeLoader"


def spark_fault(call, name):
    """Text for Spark to parse: whole statements never, conditions of `where` and `filter` not as text."""
    is_method = isinstance(call.func, ast.Attribute)
    if is_method and name in SPARK_TEXT and any(not isinstance(arg, ast.Constant) for arg in call.args):
        return f"{name} of a text that is put together"
    if is_method and name in {"where", "filter"} and any(isinstance(arg, ast.JoinedStr) for arg in call.args):
        return f"{name} of a text that is put together"
    return ""


def is_literal(node, value):
    return isinstance(node, ast.Constant) and node.value is value


def test_the_scan_sees_all_of_our_source():
    assert len(FILES) > 150


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_file_calls_nothing_that_is_forbidden(path):
    assert faults(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "planted",
    [
        "import pickle",
        "import joblib.numpy_pickle",
        "def f():\n    from cloudpickle import loads",
        "np.load(path, allow_pickle=True)",
        "np.load(path, allow_pickle=flag)",
        "pd.read_pickle(path)",
        "mlflow.lightgbm.load_model(uri)",
        "yaml.load(text)",
        "yaml.load(text, Loader=yaml.Loader)",
        "yaml.unsafe_load(text)",
        "eval(text)",
        "exec(text)",
        "subprocess.run(line, shell=True)",
        "os.system(line)",
        "spark.sql(f'select {name}')",
        "frame.select(F.expr(text))",
        "frame.selectExpr(*texts)",
        "frame.where(f'id = {one}')",
        "frame.filter(f'id = {one}')",
    ],
)
def test_the_scan_finds_what_is_planted(planted):
    assert len(faults(planted)) == 1


@pytest.mark.parametrize("harmless", ["yaml.compose(text, Loader=yaml.SafeLoader)", "F.expr('1')", "re.compile('a')"])
def test_the_scan_finds_nothing_in_what_is_harmless(harmless):
    assert faults(harmless) == []
