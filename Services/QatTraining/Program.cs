using QatPipeline.Messaging.Images;
using QatPipeline.ServiceDefaults.Backends;
using QatPipeline.Stages.Torch.Stages;
using QatPipeline.Torch.Native;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddPipeline(pipeline => pipeline.AddStage<TrainFloatStage>().AddStage<QatStage>());
builder.AddModelBackend("torch", TorchNative.LoadNow);
builder.AddImageSource();

var app = builder.Build();
app.MapDefaultEndpoints();
app.Run();
