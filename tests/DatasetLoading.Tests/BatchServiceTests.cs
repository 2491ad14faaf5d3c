using System.Net;
using System.Runtime.InteropServices;
using System.Text.Json;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using QatPipeline.Coco.Tests;
using QatPipeline.Contracts.Specification;
using QatPipeline.Contracts.V1.Grpc;
using QatPipeline.DatasetLoading.Batches;
using QatPipeline.Runs.Json;
using QatPipeline.Runs.Specification;
using QatPipeline.Stages.Datasets;
using QatPipeline.TestSupport.Infrastructure;

namespace QatPipeline.DatasetLoading.Tests;

/// <summary>The service's endpoint over the files of a folder: what a caller may not ask for is an invalid argument.</summary>
public sealed class BatchServiceTests : IAsyncLifetime
{
    private readonly ScratchFolder _folder = new();
    private WebApplication? _app;
    private GrpcChannel? _channel;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Pictures => _folder.PathOf("data", "images");

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(Pictures);
        Directory.CreateDirectory(_folder.PathOf("outside"));
        TestImages.Write(_folder.PathOf("data", "images", "1.png"), 40, 30);
        TestImages.Write(_folder.PathOf("outside", "2.png"), 40, 30);
        File.CreateSymbolicLink(_folder.PathOf("data", "images", "2.png"), _folder.PathOf("outside", "2.png"));
        var roots = DataRoots.Of(_folder.PathOf("data"));
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(
            kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddSingleton(roots);
        builder.Services.AddSingleton<IImageSource, LocalImageSource>();
        builder.AddBatchService();
        _app = builder.Build();
        _app.MapGrpcService<BatchService>();
        await _app.StartAsync(Token);
        _channel = GrpcChannel.ForAddress(_app.Urls.Single());
    }

    public async ValueTask DisposeAsync()
    {
        _channel?.Dispose();
        await _app!.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task ReadBatches_PictureInTheRoots_IsStreamed_AsNumbersOrAsLevels()
    {
        var (pixels, levels) = (new List<byte>(), new List<byte>());
        foreach (var asLevels in new[] { false, true })
        {
            var request = Request("1.png");
            request.Levels = asLevels;
            await foreach (var part in ReadAsync(request))
            {
                pixels.AddRange(part.Pixels.Span);
                levels.AddRange(part.Levels.Span);
            }
        }

        Assert.Equal(3 * 64 * 64, levels.Count);
        Assert.Equal(levels.Select(level => level / 255f), MemoryMarshal.Cast<byte, float>(pixels.ToArray()).ToArray());
    }

    [Theory]
    [InlineData("2.png", "Data__Roots")]
    [InlineData("../../outside/2.png", "leaves the folder of the pictures")]
    [InlineData("/etc/shadow", "leaves the folder of the pictures")]
    [InlineData("", "has no 'file_name'")]
    public async Task ReadBatches_PictureElsewhere_IsRefused(string file, string expected) =>
        await AssertRefusedAsync(Request(file), expected);

    [Fact]
    public async Task ReadBatches_FolderOutsideTheRoots_IsRefusedByItsKey()
    {
        var request = Request("2.png");
        request.SpecificationJson = Json(_folder.PathOf("outside"));

        await AssertRefusedAsync(request, "specification_json: 'data.calibration[0].yolo' names /");
    }

    public static TheoryData<string, string> Specifications => new()
    {
        { $$"""{"name":{{new string('[', 200_000)}}{{new string(']', 200_000)}}}""", "specification_json: not valid JSON" },
        { new string('[', 200_000), "specification_json: not valid JSON" },
        { "null", "the specification is missing" },
        { """{"name":"x","model":null,"data":null}""", "specification_json: not valid JSON" },
        { "", "specification_json: not valid JSON" },
    };

    [Theory]
    [MemberData(nameof(Specifications))]
    public async Task ReadBatches_HostileSpecification_IsRefusedInLittleMemory(string json, string expected)
    {
        var memory = new ProcessMemory();
        var request = Request("1.png");
        request.SpecificationJson = json;

        await AssertRefusedAsync(request, expected);

        Assert.True(memory.PeakGrowth < 300);
    }

    public static TheoryData<string, Action<ReadBatchesRequest>> Requests => new()
    {
        { "protocol is missing", request => request.Protocol = null },
        { "batch_size must be 1 to 1024", request => request.BatchSize = 0 },
        { "protocol.load_size 0 to 4096", request => request.Protocol.LoadSize = int.MaxValue },
        { "No evaluation protocol 'E9'", request => request.Protocol.Name = "E9" },
        { "split is missing", request => request.Split = Split.Unspecified },
        { "is not a picture of the split", request => request.Images[0].Set = 7 },
        { "is not a picture of the split", request => request.Images[0].Width = 0 },
        { "at most 64000000 pixels are accepted (Limits__Pixels)", request => (request.BatchSize, request.Protocol.InputSize) = (1024, 4096) },
    };

    [Theory]
    [MemberData(nameof(Requests), DisableDiscoveryEnumeration = true)]
    public async Task ReadBatches_BadRequest_IsRefused(string expected, Action<ReadBatchesRequest> spoil)
    {
        var request = Request("1.png");
        spoil(request);

        await AssertRefusedAsync(request, expected);
    }

    private static string Json(string folder)
    {
        DatasetSpecification[] sets = [new DatasetSpecification { Yolo = folder }];
        return JsonSerializer.Serialize(
            new RunSpecification
            {
                Name = "batches",
                Model = new ModelSpecification { Yolov6 = new Yolov6Specification() },
                Data = new DataSpecification { Calibration = sets, Validation = sets },
                Qat = null,
            },
            PipelineJson.Compact);
    }

    private async Task AssertRefusedAsync(ReadBatchesRequest request, string expected)
    {
        var refused = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            await foreach (var _ in ReadAsync(request))
            {
            }
        });
        Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
        Assert.Contains(expected, refused.Status.Detail, StringComparison.Ordinal);
    }

    private IAsyncEnumerable<BatchPart> ReadAsync(ReadBatchesRequest request) =>
        new Contracts.V1.Grpc.DatasetLoading.DatasetLoadingClient(_channel!)
            .ReadBatches(request, cancellationToken: Token).ResponseStream.ReadAllAsync(Token);

    private ReadBatchesRequest Request(string file) => new()
    {
        SpecificationJson = Json(Pictures),
        Split = Split.Validation,
        Protocol = new Protocol { Name = "E2", InputSize = 64 },
        BatchSize = 1,
        Images = { new ImageRef { Id = 1, File = file, Width = 40, Height = 30 } },
    };
}
