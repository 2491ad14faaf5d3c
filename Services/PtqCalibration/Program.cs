using QatPipeline.Pipeline.Torch.Stages;
using QatPipeline.ServiceDefaults.Datasets;
using QatPipeline.ServiceDefaults.Natives;
using QatPipeline.Torch;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults(pipeline => pipeline.AddStage<CalibrateStage>());
builder.AddNatives(TorchNative.Component);
builder.AddImageSource();

var app = builder.Build();
app.MapDefaultEndpoints();
app.Run();
