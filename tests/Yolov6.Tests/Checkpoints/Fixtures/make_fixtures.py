"""Writes checkpoints in PyTorch's zip layout with Python's own pickler, without PyTorch: an independent check of the reader.

A small module tree (convolution in FP16 with a shared, offset storage; a batch normalization) at every pickle protocol from 2 to 5.
Run in this folder: python3 make_fixtures.py
"""
import collections, pickle, struct, sys, types, zipfile


def module(name):
    for i in range(1, name.count(".") + 2):
        part = ".".join(name.split(".")[:i])
        sys.modules.setdefault(part, types.ModuleType(part))
    return sys.modules[name]


def put(path, value):
    home, name = path.rsplit(".", 1)
    value.__module__, value.__qualname__ = home, name
    setattr(module(home), name, value)
    return value


def make_class(path):
    return put(path, type(path.rsplit(".", 1)[1], (), {}))


def make_function(path):
    def function(*args):
        raise RuntimeError
    function.__name__ = path.rsplit(".", 1)[1]
    return put(path, function)


HALF, LONG = make_class("torch.HalfStorage"), make_class("torch.LongStorage")
REBUILD, PARAMETER = make_function("torch._utils._rebuild_tensor_v2"), make_function("torch._utils._rebuild_parameter")
MODEL, CONV = make_class("yolov6.models.yolo.Model"), make_class("torch.nn.modules.conv.Conv2d")
NORM = make_class("torch.nn.modules.batchnorm.BatchNorm2d")


class Storage:
    def __init__(self, kind, key, data):
        self.kind, self.key, self.data = kind, key, data


class Tensor:
    def __init__(self, storage, offset, size, stride):
        self.args = (storage, offset, size, stride, False, collections.OrderedDict())

    def __reduce__(self):
        return REBUILD, self.args


class Parameter(Tensor):
    def __reduce__(self):
        return PARAMETER, (Tensor(*self.args[:4]), True, collections.OrderedDict())


class Pickler(pickle.Pickler):
    def persistent_id(self, item):
        return ("storage", item.kind, item.key, "cpu", len(item.data)) if isinstance(item, Storage) else None


def make_module(kind, parameters=(), buffers=(), modules=()):
    made = kind()
    made.training = False
    made._parameters = collections.OrderedDict(parameters)
    made._buffers = collections.OrderedDict(buffers)
    made._non_persistent_buffers_set = set()
    made._modules = collections.OrderedDict(modules)
    return made


def main():
    weights = Storage(HALF, "0", [0.5 * i for i in range(8)])
    counter = Storage(LONG, "1", [7])
    conv = make_module(CONV, [("weight", Parameter(weights, 2, (2, 3), (1, 2))), ("bias", None)])
    norm = make_module(NORM, [("weight", Parameter(weights, 0, (2,), (1,)))], [("num_batches_tracked", Tensor(counter, 0, (), ()))])
    model = make_module(MODEL, modules=[("conv", conv), ("bn", norm)])
    checkpoint = {"model": model, "ema": None, "updates": None, "optimizer": None, "epoch": -1}
    for protocol in range(2, 6):
        with zipfile.ZipFile(f"module_protocol{protocol}.pt", "w", zipfile.ZIP_STORED) as archive:
            with archive.open(zipfile.ZipInfo("archive/data.pkl"), "w") as entry:
                Pickler(entry, protocol).dump(checkpoint)
            archive.writestr(zipfile.ZipInfo("archive/byteorder"), "little")
            archive.writestr(zipfile.ZipInfo("archive/data/0"), struct.pack("<8e", *weights.data))
            archive.writestr(zipfile.ZipInfo("archive/data/1"), struct.pack("<q", *counter.data))


main()
