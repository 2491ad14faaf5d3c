// Images a second from JPEG files to letterboxed network input at 640, on one thread and on all, and the kernels scalar and vectorised.
// Usage: dotnet run -c Release --project benchmarks/ImageLoading -- FOLDER [rounds]
using QatPipeline.Benchmarks.ImageLoading;
using QatPipeline.Benchmarks.Results;
using QatPipeline.Coco.Data;

if (args.Length == 0)
{
    Console.Error.WriteLine("usage: ImageLoading FOLDER [rounds]   (a folder of JPEG files, COCO's for instance)");
    return 2;
}

var files = Directory.EnumerateFiles(args[0], "*.jpg")
    .Order(StringComparer.Ordinal).Select((path, index) => new CocoImage(index, path, 0, 0)).ToArray();
Console.WriteLine($"{files.Length} images of {args[0]}, target {Throughput.Target} images/s per core");
var figures = new Figures();
var throughput = new Throughput(files, figures);
for (var round = 0; round < (args.Length > 1 ? int.Parse(args[1]) : 3); round++)
{
    throughput.PrintSingleThread();
    await throughput.PrintLoaderAsync(Environment.ProcessorCount);
}

new Kernels(figures).Print();
figures.Print();
return 0;
