using QatPipeline.Pipeline.Torch.Stages;
using QatPipeline.ServiceDefaults.Datasets;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults(pipeline => pipeline.AddStage<TrainFloatStage>().AddStage<QatStage>());
builder.AddImageSource();

var app = builder.Build();
app.MapDefaultEndpoints();
app.Run();
