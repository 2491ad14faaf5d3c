using QatPipeline.DatasetLoading.Batches;
using QatPipeline.Pipeline.Datasets;
using QatPipeline.Pipeline.Stages;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults(pipeline => pipeline.AddStage<DatasetStage>());
builder.Services.AddSingleton<IImageSource, LocalImageSource>();
builder.Services.AddGrpc(grpc => grpc.MaxReceiveMessageSize = BatchService.LargestRequest);

var app = builder.Build();
app.MapDefaultEndpoints();
app.MapGrpcService<BatchService>();
app.Run();
