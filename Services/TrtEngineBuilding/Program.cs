using QatPipeline.Engines;
using QatPipeline.Pipeline.Stages;
using QatPipeline.ServiceDefaults.Natives;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults(pipeline => pipeline.AddStage<BuildStage>());
builder.AddNatives(OrtNative.Component);

var app = builder.Build();
app.MapDefaultEndpoints();
app.Run();
