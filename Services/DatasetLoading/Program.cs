using QatPipeline.Coco.Images;
using QatPipeline.DatasetLoading.Batches;
using QatPipeline.Pipeline.Datasets;
using QatPipeline.Pipeline.Stages;
using QatPipeline.ServiceDefaults.Natives;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults(pipeline => pipeline.AddStage<DatasetStage>());
builder.AddNatives(SkiaNative.Component);
builder.Services.AddSingleton<IImageSource, LocalImageSource>();
builder.AddBatchService();

var app = builder.Build();
app.MapDefaultEndpoints();
app.MapGrpcService<BatchService>();
app.Run();
