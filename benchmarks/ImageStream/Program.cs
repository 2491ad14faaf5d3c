// Megabytes a second of 640×640 images (bytes, [N,3,640,640]) from the dataset service to a stage over loopback, without decoding: the
// service's and the client's own code, both in this process, beside a bare socket that copies as much. Processor time counts both ends.
// Usage: dotnet run -c Release --project benchmarks/ImageStream [rounds]
using QatPipeline.Benchmarks.ImageStream;
using QatPipeline.Benchmarks.Results;

const int target = 400;
var rounds = args.Length > 0 ? int.Parse(args[0]) : 3;
await using var server = await StreamServer.StartAsync();
Console.WriteLine($"{"",-26}{"MB/s",8}{"CPU ms/MB",12}   (target {target} MB/s)");
var figures = new Figures();
for (var round = 0; round < rounds; round++)
{
    await Measurement.PrintAsync("bare socket", RawSocket.ReadAsync);
    foreach (var batch in new[] { 1, 8, 32 })
    {
        var name = $"image source, batches of {batch}";
        var rate = await Measurement.PrintAsync(name, bytes => server.ReadAsync(batch, bytes));
        figures.Add(Figure.More(name, rate, "MB/s", "target", target));
    }
}

figures.Print();
