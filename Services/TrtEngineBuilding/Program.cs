using QatPipeline.Engines.OnnxRuntime;
using QatPipeline.ServiceDefaults.Natives;
using QatPipeline.Stages;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddPipeline(pipeline => pipeline.AddStage<BuildStage>());
builder.AddNatives(OrtNative.Component);

var app = builder.Build();
app.MapDefaultEndpoints();
app.Run();
