using QatPipeline.Benchmarks.CostModel;
using QatPipeline.Benchmarks.Results;
using QatPipeline.Graphs.Costs;

if (args is [var floatModel, var quantizedGraph, .. var profile])
{
    var figures = new Figures();
    new CostTable(figures).Print(
        floatModel,
        quantizedGraph,
        profile is [var file] ? MachineProfile.Read(File.ReadAllBytes(file), file) : MachineProfiles.OfThisProcessor);
    figures.Print();
    return 0;
}

Console.Error.WriteLine(
    "usage: CostModel FLOAT.onnx QUANTIZED-GRAPH.onnx [PROFILE.json] (float-graph.onnx and ptq-graph.onnx or qat-graph.onnx of a run)");
return 2;
