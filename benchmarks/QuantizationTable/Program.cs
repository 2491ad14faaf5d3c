using QatPipeline.Benchmarks.QuantizationTable;
using QatPipeline.Benchmarks.Results;
using QatPipeline.Runs.Specification;

if (args.Length < 2)
{
    Console.Error.WriteLine(
        "usage: QuantizationTable FOLDER RUN.yaml... "
        + "(samples/demo/run.yaml and benchmarks/QuantizationTable/repvgg.yaml; a repeated call reuses what is in FOLDER)");
    return 2;
}

var figures = new Figures();
var table = new MarkdownTable(Console.Out, figures);
table.Head();
foreach (var file in args[1..])
{
    await table.AddAsync(new FormRuns(args[0], RunSpecificationLoader.Load(file)));
}

figures.Print();
return 0;
