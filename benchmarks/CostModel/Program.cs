using QatPipeline.Benchmarks.CostModel;

if (args is [var floatModel, var quantizedGraph])
{
    CostTable.Print(floatModel, quantizedGraph);
    return 0;
}

Console.Error.WriteLine(
    "usage: CostModel FLOAT.onnx QUANTIZED-GRAPH.onnx (float-graph.onnx and ptq-graph.onnx or qat-graph.onnx of a run)");
return 2;
