using QatPipeline.DatasetLoading.Batches;
using QatPipeline.Stages;
using QatPipeline.Stages.Datasets;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddPipeline(pipeline => pipeline.AddStage<DatasetStage>());
builder.Services.AddSingleton<IImageSource, LocalImageSource>();
builder.AddBatchService();

var app = builder.Build();
app.MapDefaultEndpoints();
app.MapGrpcService<BatchService>();
app.Run();
