using QatPipeline.Coco.Images;
using QatPipeline.DatasetLoading.Batches;
using QatPipeline.ServiceDefaults.Natives;
using QatPipeline.Stages;
using QatPipeline.Stages.Datasets;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddPipeline(pipeline => pipeline.AddStage<DatasetStage>());
builder.AddNatives(SkiaNative.Component);
builder.Services.AddSingleton<IImageSource, LocalImageSource>();
builder.AddBatchService();

var app = builder.Build();
app.MapDefaultEndpoints();
app.MapGrpcService<BatchService>();
app.Run();
