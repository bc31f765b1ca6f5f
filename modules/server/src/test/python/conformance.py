"""Every call of the protocol over gRPC, good and bad, by grpcio and the published .proto.

    python3 conformance.py HOST:PORT PROTO

The server serves a classifier "mood" of texts. Prints a line for each check and ends with 1 if one failed.
"""
import importlib
import os
import struct
import sys
import tempfile

import grpc
from grpc_tools import protoc

ADDRESS, PROTO = sys.argv[1:3]


def generated(proto):
    folder = tempfile.mkdtemp()
    name = os.path.basename(proto)
    arguments = ["protoc", "-I" + os.path.dirname(proto), "--python_out=" + folder, "--grpc_python_out=" + folder, name]
    if protoc.main(arguments):
        sys.exit("the .proto does not compile")
    sys.path.insert(0, folder)
    module = name.removesuffix(".proto") + "_pb2"
    return importlib.import_module(module), importlib.import_module(module + "_grpc")


pb, pb_grpc = generated(PROTO)
channel = grpc.insecure_channel(ADDRESS)
stub = pb_grpc.GRPCInferenceServiceStub(channel)
failed = 0


def check(name, right, said=""):
    global failed
    failed += not right
    print(("ok     " if right else "FAILED ") + name + ("" if right else ": " + str(said)))


def refused(name, call, request, code, message=""):
    try:
        answer = call(request, timeout=30)
        check(name, False, "answered " + str(answer)[:200])
    except grpc.RpcError as e:
        said = e.details() or ""
        inside = any(each in said for each in ("Exception", "java.", "/tmp", ".safetensors"))
        check(name, e.code() == code and message in said and not inside, f"{e.code()} {said}")


def raw(*texts):
    return b"".join(struct.pack("<I", len(text.encode())) + text.encode() for text in texts)


def tensor(*shape, name="text", datatype="BYTES", **more):
    return pb.ModelInferRequest.InferInputTensor(name=name, datatype=datatype, shape=shape, **more)


def request(*inputs, model="mood", **more):
    return pb.ModelInferRequest(model_name=model, inputs=inputs, **more)


def contents(*texts):
    return pb.InferTensorContents(bytes_contents=[text.encode() for text in texts])


# ---- Good calls

check("live", stub.ServerLive(pb.ServerLiveRequest()).live)
check("ready", stub.ServerReady(pb.ServerReadyRequest()).ready)
check("model ready", stub.ModelReady(pb.ModelReadyRequest(name="mood")).ready)
check("version ready", stub.ModelReady(pb.ModelReadyRequest(name="mood", version="1")).ready)
check("another model is not ready", not stub.ModelReady(pb.ModelReadyRequest(name="none")).ready)
server = stub.ServerMetadata(pb.ServerMetadataRequest())
check("server metadata", server.name == "tidegate" and "statistics" in server.extensions, server)
model = stub.ModelMetadata(pb.ModelMetadataRequest(name="mood"))
check("model metadata", model.platform == "tidegate_classify" and list(model.versions) == ["1"]
      and list(model.inputs[0].shape) == [-1] and "labels" in model.properties, model)

by_raw = stub.ModelInfer(request(tensor(2), id="7", raw_input_contents=[raw("good film", "bad film")]))
outputs = {output.name: i for i, output in enumerate(by_raw.outputs)}
check("id, name and version come back", (by_raw.id, by_raw.model_name, by_raw.model_version) == ("7", "mood", "1"), by_raw)
check("outputs are raw, all of them", len(by_raw.raw_output_contents) == len(by_raw.outputs)
      and not any(output.HasField("contents") for output in by_raw.outputs), by_raw)
probabilities = struct.unpack("<4f", by_raw.raw_output_contents[outputs["probabilities"]])
check("probabilities of each text", abs(sum(probabilities) - 2) < 1e-5, probabilities)
by_contents = stub.ModelInfer(request(tensor(2, contents=contents("good film", "bad film")), id="7"))
position = [output.name for output in by_contents.outputs].index("probabilities")
found = (list(by_contents.outputs[position].contents.fp32_contents) if by_contents.outputs[position].HasField("contents")
         else list(struct.unpack("<4f", by_contents.raw_output_contents[position])))
check("contents and raw contents have one answer", found == list(probabilities), found)
nested = stub.ModelInfer(request(tensor(2, 1), id="7", raw_input_contents=[raw("good film", "bad film")]))
check("shape [2, 1] is read as [2], and answered so", nested == by_raw, nested)
wanted = stub.ModelInfer(request(tensor(1), raw_input_contents=[raw("good film")],
                                 outputs=[pb.ModelInferRequest.InferRequestedOutputTensor(name="label")]))
check("only outputs that are wanted", [output.name for output in wanted.outputs] == ["label"], wanted)
check("a version by its number", stub.ModelInfer(request(tensor(1), model_version="1", raw_input_contents=[raw("a")])).model_version == "1")

stream = list(stub.ModelStreamInfer(iter([request(tensor(1), id=str(i), raw_input_contents=[raw("good film")]) for i in range(20)]
                                         + [request(model="none", id="20")])))
check("a stream answers all, and tells of the one that failed", sorted(each.infer_response.id for each in stream if not each.error_message)
      == sorted(str(i) for i in range(20)) and sum(bool(each.error_message) for each in stream) == 1, len(stream))

statistics = stub.ModelStatistics(pb.ModelStatisticsRequest(name="mood")).model_stats[0]
check("statistics", statistics.name == "mood" and statistics.inference_count > 20 and statistics.inference_stats.success.count > 20
      and statistics.batch_stats[0].compute_infer.ns > 0, statistics)
check("statistics of all models", len(stub.ModelStatistics(pb.ModelStatisticsRequest()).model_stats) > 0)
index = stub.RepositoryIndex(pb.RepositoryIndexRequest())
check("index", ("mood", "READY") in [(each.name, each.state) for each in index.models], index)

# ---- Bad calls

invalid = grpc.StatusCode.INVALID_ARGUMENT
absent = grpc.StatusCode.NOT_FOUND
text = raw("good film")
one = [text]
refused("no model", stub.ModelInfer, request(tensor(1), model="none", raw_input_contents=one), absent, "none")
refused("no version", stub.ModelInfer, request(tensor(1), model_version="9", raw_input_contents=one), absent, "9")
refused("metadata of no model", stub.ModelMetadata, pb.ModelMetadataRequest(name="none"), absent, "none")
refused("statistics of no model", stub.ModelStatistics, pb.ModelStatisticsRequest(name="none"), absent, "none")
refused("load of no model", stub.RepositoryModelLoad, pb.RepositoryModelLoadRequest(model_name="../none"), absent)
refused("unload of no model", stub.RepositoryModelUnload, pb.RepositoryModelUnloadRequest(model_name="none"), absent)
refused("no input", stub.ModelInfer, request(), invalid, "input 'text' is missing")
refused("no data", stub.ModelInfer, request(tensor(1)), invalid)
refused("another input", stub.ModelInfer, request(tensor(1, name="texts"), raw_input_contents=one), invalid, "has no input 'texts'")
refused("the same input twice", stub.ModelInfer, request(tensor(1), tensor(1), raw_input_contents=[text, text]), invalid, "twice")
refused("another output", stub.ModelInfer, request(tensor(1), raw_input_contents=one, outputs=[
    pb.ModelInferRequest.InferRequestedOutputTensor(name="mood")]), invalid, "has no output 'mood'")
refused("another datatype", stub.ModelInfer, request(tensor(1, datatype="STRING"), raw_input_contents=one), invalid, "STRING")
refused("the wrong datatype", stub.ModelInfer, request(tensor(1, datatype="FP32"), raw_input_contents=[struct.pack("<f", float("nan"))]), invalid,
        "FP32")
refused("INT64 as contents of another type", stub.ModelInfer, request(tensor(1, datatype="INT64", contents=contents("a"))), invalid)
refused("a shape with -1", stub.ModelInfer, request(tensor(-1), raw_input_contents=one), invalid, "-1 stands in metadata alone")
refused("a huge shape", stub.ModelInfer, request(tensor(2 ** 62, 2 ** 62), raw_input_contents=one), invalid, "too large")
refused("less data than the shape", stub.ModelInfer, request(tensor(2), raw_input_contents=one), invalid)
refused("more data than the shape", stub.ModelInfer, request(tensor(1), raw_input_contents=[text + b"\0"]), invalid)
refused("an element longer than the data", stub.ModelInfer, request(tensor(1), raw_input_contents=[b"\xff\xff\xff\xff"]), invalid)
refused("what is no UTF-8", stub.ModelInfer, request(tensor(1), raw_input_contents=[b"\2\0\0\0\xc3("]), invalid, "UTF-8")
refused("contents beside raw contents", stub.ModelInfer, request(tensor(1, contents=contents("a")), raw_input_contents=one), invalid)
refused("more raw contents than inputs", stub.ModelInfer, request(tensor(1), raw_input_contents=[text, text]), invalid)

unknown = channel.unary_unary("/inference.GRPCInferenceService/TraceSetting", lambda each: each, lambda each: each)
refused("what is not there", unknown, b"", grpc.StatusCode.UNIMPLEMENTED)
garbage = channel.unary_unary("/inference.GRPCInferenceService/ModelInfer", lambda each: each, lambda each: each)
try:
    garbage(b"\xff\xff\xff\xff\xff", timeout=30)
    check("bytes that are no message", False, "answered")
except grpc.RpcError as e:
    check("bytes that are no message", e.code() in (invalid, grpc.StatusCode.INTERNAL, grpc.StatusCode.CANCELLED)
          and "Exception" not in (e.details() or ""), e)
try:
    stub.ModelInfer(request(tensor(1), raw_input_contents=one), timeout=-1)
    check("a deadline that has passed", False, "answered")
except grpc.RpcError as e:
    check("a deadline that has passed", e.code() == grpc.StatusCode.DEADLINE_EXCEEDED, e)

health = channel.unary_unary("/grpc.health.v1.Health/Check", lambda each: each, lambda each: each)
check("grpc.health.v1", health(b"", timeout=30) == b"\x08\x01")
check("after all of it the same answer", stub.ModelInfer(request(tensor(2), id="7", raw_input_contents=[raw("good film", "bad film")])) == by_raw)
sys.exit(1 if failed else 0)
