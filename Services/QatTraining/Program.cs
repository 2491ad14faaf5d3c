using QatPipeline.Pipeline.Torch.Stages;
using QatPipeline.ServiceDefaults.Backends;
using QatPipeline.ServiceDefaults.Datasets;
using QatPipeline.Torch;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults(pipeline => pipeline.AddStage<TrainFloatStage>().AddStage<QatStage>());
builder.AddModelBackend("torch", TorchNative.LoadNow);
builder.AddImageSource();

var app = builder.Build();
app.MapDefaultEndpoints();
app.Run();
