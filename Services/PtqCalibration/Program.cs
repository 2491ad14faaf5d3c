using QatPipeline.Messaging.Images;
using QatPipeline.ServiceDefaults.Natives;
using QatPipeline.Stages.Torch.Stages;
using QatPipeline.Torch.Native;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddPipeline(pipeline => pipeline.AddStage<CalibrateStage>());
builder.AddNatives(TorchNative.Component);
builder.AddImageSource();

var app = builder.Build();
app.MapDefaultEndpoints();
app.Run();
